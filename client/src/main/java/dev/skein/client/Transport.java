package dev.skein.client;

/** What a client connects over. */
public enum Transport {
  UDP,
  TCP,
  WS
}
