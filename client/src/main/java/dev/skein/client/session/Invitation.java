package dev.skein.client.session;

/**
 * Somebody asks this client into a session: {@code sessions.join(invitation.sessionId())}.
 *
 * @param type of the session
 * @param from the uid of who asks; empty for the server
 * @param message what was said with it
 */
@SuppressWarnings("ArrayRecordComponent")
public record Invitation(String type, String sessionId, String from, byte[] message) {}
