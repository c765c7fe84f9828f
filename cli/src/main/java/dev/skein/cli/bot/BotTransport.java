package dev.skein.cli.bot;

/** What a bot connects over. */
public enum BotTransport {
  UDP,
  TCP,
  WS
}
