package dev.skein.protocol.room;

/** Numbers of the room's commands and pushes within {@code ver} 1 (PROTOCOL §10.2.1). */
public final class RoomCmd {
  /** The ver of all module commands. */
  public static final int VER = 1;

  public static final int CREATE = 0x0101;
  public static final int JOIN = 0x0102;
  public static final int JOIN_RANDOM = 0x0103;
  public static final int LEAVE = 0x0104;
  public static final int BROADCAST = 0x0105;
  public static final int RELAY = 0x0106;
  public static final int MESSAGE = 0x0107;
  public static final int RESERVE = 0x0108;
  public static final int CANCEL_RESERVATION = 0x0109;
  public static final int GET_PROPERTIES = 0x010A;
  public static final int SET_PROPERTIES = 0x010B;
  public static final int REPLACE_PROPERTY = 0x010C;
  public static final int INCREMENT_PROPERTY = 0x010D;
  public static final int REMOVE_PROPERTIES = 0x010E;
  public static final int PUT_OBJECT = 0x010F;
  public static final int REMOVE_OBJECT = 0x0110;
  public static final int CHANGE_OWNER = 0x0111;
  public static final int KICK = 0x0112;
  public static final int CHAT = 0x0113;
  public static final int CHAT_HISTORY = 0x0114;
  public static final int REGISTER = 0x0115;
  public static final int FIND = 0x0116;
  public static final int STAT = 0x0117;
  public static final int LIST = 0x0118;
  public static final int RETURN = 0x0119;

  public static final int ENTERED = 0x0180;
  public static final int ROSTER = 0x0181;
  public static final int READY = 0x0182;
  public static final int JOINED = 0x0183;
  public static final int LEFT = 0x0184;
  public static final int EXITED = 0x0185;
  public static final int SAID = 0x0186;
  public static final int RELAYED = 0x0187;
  public static final int TOLD = 0x0188;
  public static final int ANNOUNCED = 0x0189;
  public static final int BUNDLE = 0x018A;
  public static final int PROPERTIES = 0x018B;
  public static final int OBJECTS = 0x018C;
  public static final int OWNER = 0x018D;
  public static final int CHATTED = 0x018E;
  public static final int RETURNED = 0x018F;

  private RoomCmd() {}
}
