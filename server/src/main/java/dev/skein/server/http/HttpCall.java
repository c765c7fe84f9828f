package dev.skein.server.http;

import java.net.InetSocketAddress;
import java.util.Optional;

/** One call of a game's own HTTP route. Confined to the thread of its handler. */
public interface HttpCall {

  /** GET, POST, …, in upper case. */
  String method();

  /** The path without the query, decoded. */
  String path();

  /**
   * The text a path parameter stands for, decoded.
   *
   * @throws IllegalArgumentException if the route has no such parameter
   */
  String pathText(String name);

  /** The value of a parameter declared {@code {name:int}}. */
  int pathInt(String name);

  /** The value of a parameter declared {@code {name:long}} or {@code {name:int}}. */
  long pathLong(String name);

  /** The first value of a query parameter. */
  Optional<String> query(String name);

  /** The first value of a header. */
  Optional<String> header(String name);

  /** The body, at most {@code http.bodyMaxBytes}. */
  byte[] body();

  /** Where the call comes from. */
  InetSocketAddress remoteAddress();
}
