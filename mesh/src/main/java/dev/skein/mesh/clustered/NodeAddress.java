package dev.skein.mesh.clustered;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.jgroups.Address;
import org.jgroups.util.ExtendedUUID;

/**
 * A node's name, and where its {@link Switchboard} listens, are parts of its address: whoever sees
 * the address knows both, without a lookup that could lag behind a view.
 */
final class NodeAddress {
  /** An address has room for 255 bytes. */
  static final int NAME_MAX_BYTES = 128;

  private static final String NAME = "skein";
  private static final String DOOR = "door";

  private NodeAddress() {}

  /** An address nobody has had before. */
  static Address create(String name, InetSocketAddress door) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > NAME_MAX_BYTES) {
      throw new IllegalArgumentException(
          "the node's name is longer than " + NAME_MAX_BYTES + " bytes");
    }
    String at = new HostPort(door.getAddress().getHostAddress(), door.getPort()).toString();
    return ExtendedUUID.randomUUID(name)
        .put(NAME, bytes)
        .put(DOOR, at.getBytes(StandardCharsets.UTF_8));
  }

  /** The name in an address; its text if there is none. */
  static String nameOf(Address address) {
    byte[] name = address instanceof ExtendedUUID uuid ? uuid.get(NAME) : null;
    return name == null ? String.valueOf(address) : new String(name, StandardCharsets.UTF_8);
  }

  /** Where the node's switchboard listens; empty if the address does not say so. */
  static Optional<InetSocketAddress> doorOf(Address address) {
    byte[] at = address instanceof ExtendedUUID uuid ? uuid.get(DOOR) : null;
    try {
      return Optional.ofNullable(at)
          .map(text -> HostPort.of(new String(text, StandardCharsets.UTF_8)).resolve());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** What Infinispan knows a node by. */
  static UUID idOf(Address address) {
    org.jgroups.util.UUID bits = (org.jgroups.util.UUID) address;
    return new UUID(bits.getMostSignificantBits(), bits.getLeastSignificantBits());
  }
}
