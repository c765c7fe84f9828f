package dev.skein.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;

/** A call as Helidon serves it. */
record ServedCall(ServerRequest request, Map<String, String> values) implements HttpCall {

  @Override
  public String method() {
    return request.prologue().method().text();
  }

  @Override
  public String path() {
    return request.path().path();
  }

  @Override
  public String pathText(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route has no path parameter " + name);
    }
    return value;
  }

  @Override
  public int pathInt(String name) {
    return Integer.parseInt(pathText(name));
  }

  @Override
  public long pathLong(String name) {
    return Long.parseLong(pathText(name));
  }

  @Override
  public Optional<String> query(String name) {
    return request.query().first(name).asOptional();
  }

  @Override
  public Optional<String> header(String name) {
    return request.headers().first(HeaderNames.create(name));
  }

  @Override
  public byte[] body() {
    return request.content().hasEntity() ? request.content().as(byte[].class) : new byte[0];
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return (InetSocketAddress) request.remotePeer().address();
  }
}
