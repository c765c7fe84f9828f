package dev.skein.mesh.clustered;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jgroups.Address;
import org.jgroups.stack.AddressGenerator;
import org.jgroups.util.ExtendedUUID;

/**
 * A node's name is a part of its address, so whoever sees the address knows the name: no lookup
 * that could lag behind a view.
 */
final class NodeName {
  /** An address has room for 255 bytes. */
  static final int MAX_BYTES = 128;

  private static final String KEY = "skein";

  private NodeName() {}

  static AddressGenerator generator(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("the node's name is longer than " + MAX_BYTES + " bytes");
    }
    return () -> ExtendedUUID.randomUUID(name).put(KEY, bytes);
  }

  /** The name in an address; its text if there is none. */
  static String of(Address address) {
    byte[] name = address instanceof ExtendedUUID uuid ? uuid.get(KEY) : null;
    return name == null ? String.valueOf(address) : new String(name, StandardCharsets.UTF_8);
  }

  /** What Infinispan knows a node by. */
  static UUID idOf(Address address) {
    org.jgroups.util.UUID bits = (org.jgroups.util.UUID) address;
    return new UUID(bits.getMostSignificantBits(), bits.getLeastSignificantBits());
  }
}
