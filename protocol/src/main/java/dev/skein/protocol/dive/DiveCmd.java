package dev.skein.protocol.dive;

/** Numbers of Dive's commands within {@code ver} 1 (PROTOCOL §10.2.6). */
public final class DiveCmd {
  /** The ver of all module commands. */
  public static final int VER = 1;

  public static final int GET = 0x0901;
  public static final int SET = 0x0902;
  public static final int SET_IF_ABSENT = 0x0903;
  public static final int DELETE = 0x0904;
  public static final int EXPIRE = 0x0905;
  public static final int TTL = 0x0906;
  public static final int INCREMENT = 0x0907;
  public static final int PUSH = 0x0908;
  public static final int POP = 0x0909;
  public static final int RANGE = 0x090A;

  private DiveCmd() {}
}
