package dev.skein.client.room;

/**
 * A user in a room.
 *
 * @param number stands for the uid on the wire, in this room and as long as the member is in it
 * @param uid who
 */
public record Member(int number, String uid) {}
