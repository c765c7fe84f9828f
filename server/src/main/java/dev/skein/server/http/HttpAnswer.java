package dev.skein.server.http;

import dev.skein.protocol.Bounds;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a route answers.
 *
 * @param status 100 to 599
 * @param contentType a media type; empty if there is no body
 * @param body the bytes; must not be changed afterwards
 * @param headers further headers by name
 */
@SuppressWarnings("ArrayRecordComponent")
public record HttpAnswer(int status, String contentType, byte[] body, Map<String, String> headers) {

  public HttpAnswer {
    Bounds.within("status", status, 100, 599);
    headers = Map.copyOf(headers);
  }

  /** A status alone. */
  public static HttpAnswer empty(int status) {
    return new HttpAnswer(status, "", new byte[0], Map.of());
  }

  /** 200 with a text. */
  public static HttpAnswer text(String text) {
    return of(200, "text/plain; charset=utf-8", text);
  }

  /** 200 with JSON that is already written. */
  public static HttpAnswer json(String json) {
    return json(200, json);
  }

  /** A status with JSON that is already written. */
  public static HttpAnswer json(int status, String json) {
    return of(status, "application/json", json);
  }

  /** The same with one more header. */
  public HttpAnswer header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new HttpAnswer(status, contentType, body, more);
  }

  private static HttpAnswer of(int status, String contentType, String text) {
    return new HttpAnswer(status, contentType, text.getBytes(StandardCharsets.UTF_8), Map.of());
  }
}
