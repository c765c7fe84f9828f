package dev.skein.protocol.group;

/** Limits of the wire that hold for every group. */
public final class GroupWire {
  /** The longest uid. */
  public static final int UID_MAX_BYTES = 128;

  /** The longest group id. */
  public static final int ID_MAX_BYTES = 64;

  /** The longest type. */
  public static final int TYPE_MAX_BYTES = 64;

  /** The most elements of a list in one payload. */
  public static final int LIST_MAX_COUNT = 1000;

  private GroupWire() {}
}
