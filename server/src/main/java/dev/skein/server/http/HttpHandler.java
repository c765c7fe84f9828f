package dev.skein.server.http;

/** What a game does with a call of its own route. Runs on a virtual thread and may block. */
@FunctionalInterface
public interface HttpHandler {

  /** Answers; an exception answers 500 and is logged. */
  HttpAnswer handle(HttpCall call) throws Exception;
}
