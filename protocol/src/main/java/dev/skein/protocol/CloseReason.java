package dev.skein.protocol;

/**
 * Why a session ended.
 *
 * @param code one of {@link Code} or a module's own
 * @param text for people, at most 256 bytes of UTF-8 on the wire (longer is cut)
 * @param byPeer true if the other side said so, false if this side decided
 */
public record CloseReason(int code, String text, boolean byPeer) {}
