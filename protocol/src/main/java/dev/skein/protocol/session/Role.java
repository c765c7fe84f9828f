package dev.skein.protocol.session;

/** Which end of a connection a session is. */
public enum Role {
  CLIENT,
  SERVER
}
