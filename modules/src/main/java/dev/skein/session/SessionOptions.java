package dev.skein.session;

import dev.skein.protocol.Bounds;
import dev.skein.protocol.party.PartyWire;
import java.nio.charset.StandardCharsets;

/**
 * How a session is made. Names, defaults and units are those of the configuration's {@code
 * modules.session}. Immutable.
 *
 * @param type a free name, 1 to 64 bytes; a user is in one session of a type; default "party"
 * @param maxMembers capacity, 1 to 128; default 8
 * @param inviteOnly whether only those come in who were invited; default false: who knows the id
 * @param emptyTtlMillis how long it stays without members, also before the first one comes; default
 *     0: it ends with its last member, and a new one waits a minute for its first
 * @param rejoinTtlMillis how long a member stays whose node died or was stopped, or whose uid
 *     logged in anew; when it logs in meanwhile, anywhere, it is back; default 30,000
 * @param invitationTtlMillis how long an invitation holds; default 60,000
 * @param invitationsMaxCount open invitations at a time, 0 to 1000; default 64
 * @param propertiesMaxCount properties at a time, 0 to 256; default 64
 * @param propertiesMaxBytes keys and values of all properties together, at most 32,768; default
 *     16,384
 * @param dataMaxBytes data of a broadcast, message or announcement, at most 32,768; default 16,384
 * @param messageMaxBytes the largest join, leave, kick, invitation or welcome message, at most
 *     8,192; default 1,024
 */
public record SessionOptions(
    String type,
    int maxMembers,
    boolean inviteOnly,
    long emptyTtlMillis,
    long rejoinTtlMillis,
    long invitationTtlMillis,
    int invitationsMaxCount,
    int propertiesMaxCount,
    int propertiesMaxBytes,
    int dataMaxBytes,
    int messageMaxBytes) {
  /** The most members a session may be made for. */
  public static final int MEMBERS_MAX_COUNT = 128;

  /** A day: the longest time of an option. */
  static final long TIME_MAX_MILLIS = 24L * 3600 * 1000;

  private static final SessionOptions DEFAULT =
      new SessionOptions("party", 8, false, 0, 30_000, 60_000, 64, 64, 16_384, 16_384, 1_024);

  public SessionOptions {
    int typeBytes = type.getBytes(StandardCharsets.UTF_8).length;
    Bounds.within("length of type", typeBytes, 1, PartyWire.TYPE_MAX_BYTES);
    Bounds.within("maxMembers", maxMembers, 1, MEMBERS_MAX_COUNT);
    Bounds.within("emptyTtlMillis", emptyTtlMillis, 0, TIME_MAX_MILLIS);
    Bounds.within("rejoinTtlMillis", rejoinTtlMillis, 0, TIME_MAX_MILLIS);
    Bounds.within("invitationTtlMillis", invitationTtlMillis, 1, TIME_MAX_MILLIS);
    Bounds.within("invitationsMaxCount", invitationsMaxCount, 0, PartyWire.LIST_MAX_COUNT);
    Bounds.within("propertiesMaxCount", propertiesMaxCount, 0, 256);
    Bounds.within("propertiesMaxBytes", propertiesMaxBytes, 0, 32_768);
    Bounds.within("dataMaxBytes", dataMaxBytes, 0, 32_768);
    Bounds.within("messageMaxBytes", messageMaxBytes, 0, 8_192);
  }

  /** The defaults under this type. */
  public static SessionOptions of(String type) {
    return builder().type(type).build();
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder(DEFAULT);
  }

  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Collects options; confined to one thread. */
  public static final class Builder {
    private String type;
    private int maxMembers;
    private boolean inviteOnly;
    private long emptyTtlMillis;
    private long rejoinTtlMillis;
    private long invitationTtlMillis;
    private int invitationsMaxCount;
    private int propertiesMaxCount;
    private int propertiesMaxBytes;
    private int dataMaxBytes;
    private int messageMaxBytes;

    private Builder(SessionOptions from) {
      type = from.type;
      maxMembers = from.maxMembers;
      inviteOnly = from.inviteOnly;
      emptyTtlMillis = from.emptyTtlMillis;
      rejoinTtlMillis = from.rejoinTtlMillis;
      invitationTtlMillis = from.invitationTtlMillis;
      invitationsMaxCount = from.invitationsMaxCount;
      propertiesMaxCount = from.propertiesMaxCount;
      propertiesMaxBytes = from.propertiesMaxBytes;
      dataMaxBytes = from.dataMaxBytes;
      messageMaxBytes = from.messageMaxBytes;
    }

    public Builder type(String value) {
      type = value;
      return this;
    }

    public Builder maxMembers(int value) {
      maxMembers = value;
      return this;
    }

    public Builder inviteOnly(boolean value) {
      inviteOnly = value;
      return this;
    }

    public Builder emptyTtlMillis(long value) {
      emptyTtlMillis = value;
      return this;
    }

    public Builder rejoinTtlMillis(long value) {
      rejoinTtlMillis = value;
      return this;
    }

    public Builder invitationTtlMillis(long value) {
      invitationTtlMillis = value;
      return this;
    }

    public Builder invitationsMaxCount(int value) {
      invitationsMaxCount = value;
      return this;
    }

    public Builder propertiesMaxCount(int value) {
      propertiesMaxCount = value;
      return this;
    }

    public Builder propertiesMaxBytes(int value) {
      propertiesMaxBytes = value;
      return this;
    }

    public Builder dataMaxBytes(int value) {
      dataMaxBytes = value;
      return this;
    }

    public Builder messageMaxBytes(int value) {
      messageMaxBytes = value;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public SessionOptions build() {
      return new SessionOptions(
          type,
          maxMembers,
          inviteOnly,
          emptyTtlMillis,
          rejoinTtlMillis,
          invitationTtlMillis,
          invitationsMaxCount,
          propertiesMaxCount,
          propertiesMaxBytes,
          dataMaxBytes,
          messageMaxBytes);
    }
  }
}
