package dev.skein.protocol.group;

/** Numbers of the group's commands and pushes within {@code ver} 1 (PROTOCOL §10.2.2). */
public final class GroupCmd {
  /** The ver of all module commands. */
  public static final int VER = 1;

  public static final int CREATE = 0x0201;
  public static final int JOIN = 0x0202;
  public static final int JOIN_RANDOM = 0x0203;
  public static final int LEAVE = 0x0204;
  public static final int BROADCAST = 0x0205;
  public static final int STAT = 0x0206;
  public static final int LIST = 0x0207;

  public static final int ENTERED = 0x0280;
  public static final int JOINED = 0x0281;
  public static final int LEFT = 0x0282;
  public static final int EXITED = 0x0283;
  public static final int SAID = 0x0284;
  public static final int ANNOUNCED = 0x0285;
  public static final int GAP = 0x0286;
  public static final int UNDELIVERED = 0x0287;

  private GroupCmd() {}
}
