package dev.skein.protocol.party;

/** Numbers of the Session module's commands and pushes within {@code ver} 1 (PROTOCOL §10.2.3). */
public final class PartyCmd {
  /** The ver of all module commands. */
  public static final int VER = 1;

  public static final int CREATE = 0x0301;
  public static final int JOIN = 0x0302;
  public static final int INVITE = 0x0303;
  public static final int DECLINE = 0x0304;
  public static final int LEAVE = 0x0305;
  public static final int KICK = 0x0306;
  public static final int CHANGE_OWNER = 0x0307;
  public static final int BROADCAST = 0x0308;
  public static final int MESSAGE = 0x0309;
  public static final int CHANGE_PROPERTIES = 0x030A;
  public static final int REPLACE_PROPERTY = 0x030B;
  public static final int INCREMENT_PROPERTY = 0x030C;
  public static final int LIST = 0x030D;

  public static final int ENTERED = 0x0380;
  public static final int JOINED = 0x0381;
  public static final int LEFT = 0x0382;
  public static final int EXITED = 0x0383;
  public static final int OWNER = 0x0384;
  public static final int PROPERTIES = 0x0385;
  public static final int SAID = 0x0386;
  public static final int TOLD = 0x0387;
  public static final int ANNOUNCED = 0x0388;
  public static final int INVITED = 0x0389;
  public static final int DECLINED = 0x038A;
  public static final int MISSED = 0x038B;

  private PartyCmd() {}
}
