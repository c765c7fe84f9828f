package dev.skein.protocol.dm;

/** Numbers of the commands and pushes of direct messages within {@code ver} 1. */
public final class DmCmd {
  /** The ver of all module commands. */
  public static final int VER = 1;

  public static final int SEND = 0x0601;
  public static final int END = 0x0602;

  public static final int MESSAGE = 0x0680;
  public static final int PEER_GONE = 0x0681;
  public static final int UNDELIVERED = 0x0682;

  private DmCmd() {}
}
