package dev.skein.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Base64;

/**
 * What the entry call gives (PROTOCOL §2): where to connect and the secrets to do it with. The
 * arrays are shared, not copied.
 */
@SuppressWarnings("ArrayRecordComponent")
record Endpoint(InetSocketAddress address, String sid, byte[] ticket, byte[] key) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int KEY_BYTES = 32;

  /** Reads the entry's answer and looks the host up, for which it may block. */
  static Endpoint parse(byte[] json, Transport wanted) throws IOException {
    JsonNode root = JSON.readTree(json);
    if (!wanted.name().equals(text(root, "role"))) {
      throw new IOException("the entry answers with an endpoint that does not speak " + wanted);
    }
    int port = root.path("port").asInt();
    byte[] key = bytes(root, "key");
    if (port < 1 || port > 0xffff || key.length != KEY_BYTES) {
      throw new IOException("the entry's answer has a bad port or key");
    }
    InetSocketAddress address = new InetSocketAddress(text(root, "host"), port);
    if (address.isUnresolved()) {
      throw new IOException(address.getHostString() + " is not known");
    }
    return new Endpoint(address, text(root, "sid"), bytes(root, "ticket"), key);
  }

  /** Code and text of an error's body, whatever the body is. */
  static LoginRefused refusal(int httpStatus, byte[] body) {
    try {
      JsonNode root = JSON.readTree(body);
      return new LoginRefused(
          httpStatus, root.path("code").asInt(), root.path("text").asText("no reason given"));
    } catch (IOException e) {
      return new LoginRefused(httpStatus, 0, "the answer is not JSON");
    }
  }

  private static String text(JsonNode root, String name) throws IOException {
    JsonNode value = root.path(name);
    if (!value.isTextual()) {
      throw new IOException("the entry's answer has no " + name);
    }
    return value.textValue();
  }

  private static byte[] bytes(JsonNode root, String name) throws IOException {
    try {
      return Base64.getUrlDecoder().decode(text(root, name));
    } catch (IllegalArgumentException e) {
      throw new IOException("the entry's " + name + " is not base64url", e);
    }
  }

  @Override
  public String toString() {
    return "Endpoint[" + address + ", sid " + sid + "]";
  }
}
