package dev.skein.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;

/** Writes JSON answers. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  static HttpAnswer answer(int status, Object value) {
    try {
      return HttpAnswer.json(status, MAPPER.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + value.getClass(), e);
    }
  }

  /** PROTOCOL §2: {@code {"code":1xxx,"text":"…"}}. */
  static HttpAnswer error(int status, int code, String text) {
    return answer(status, new Failure(code, text));
  }

  static HttpAnswer values(Map<String, ?> values) {
    return answer(200, values);
  }

  private record Failure(int code, String text) {}
}
