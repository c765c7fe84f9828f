package dev.skein.mesh;

/**
 * What a mesh node has done since it was made.
 *
 * @param framesIn frames that came, also from itself
 * @param bytesIn their bytes
 * @param framesOut frames the engine took over
 * @param bytesOut their bytes
 * @param refused frames for which there was no such node or no room in the queue to it
 * @param malformed frames that came and could not be read
 * @param dropped frames that came for an unknown command or topic, too late, or from a node that is
 *     refused
 * @param timeouts requests without an answer in time
 * @param handlersFailed handlers that threw
 * @param requestsOutstanding requests that wait for an answer now
 */
public record MeshStats(
    long framesIn,
    long bytesIn,
    long framesOut,
    long bytesOut,
    long refused,
    long malformed,
    long dropped,
    long timeouts,
    long handlersFailed,
    int requestsOutstanding) {}
