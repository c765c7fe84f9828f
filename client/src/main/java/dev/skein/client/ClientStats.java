package dev.skein.client;

import dev.skein.protocol.session.SessionStats;

/**
 * Counters of one client since it was built. A snapshot.
 *
 * @param session those of the current session, or of the last one
 * @param connects sessions that began
 * @param resumes times a session went on after it was detached
 * @param moves times the server moved the session to another node
 * @param callsPending calls without an answer yet
 * @param callsTimedOut calls that ended with {@link CallTimedOut}
 * @param messagesRefused messages not taken: no session, a full send queue, too large
 * @param pushesUnhandled pushes nobody subscribed to
 * @param messagesMalformed messages of the server that do not decode
 */
public record ClientStats(
    SessionStats session,
    long connects,
    long resumes,
    long moves,
    int callsPending,
    long callsTimedOut,
    long messagesRefused,
    long pushesUnhandled,
    long messagesMalformed) {}
