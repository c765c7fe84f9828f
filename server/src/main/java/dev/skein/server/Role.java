package dev.skein.server;

/** What a listener speaks, and so what a node offers. */
public enum Role {
  HTTP,
  UDP,
  TCP,
  WS
}
