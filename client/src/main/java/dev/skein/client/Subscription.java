package dev.skein.client;

/** A registered handler; closing it ends the calls, twice does nothing. Any thread. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {
  @Override
  void close();
}
