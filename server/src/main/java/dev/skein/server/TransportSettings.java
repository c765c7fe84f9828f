package dev.skein.server;

import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Settings;
import dev.skein.server.transport.TransportConfig;

/** What a node's configuration says to its transports. */
final class TransportSettings {
  private TransportSettings() {}

  static TransportConfig of(NodeConfig config) {
    TransportConfig transport =
        TransportConfig.DEFAULTS
            .withSession(config.session())
            .withLimits(
                TransportConfig.Limits.DEFAULTS
                    .withConnections(
                        config.get(Settings.LIMITS_CONNECTIONS_MAX),
                        config.get(Settings.LIMITS_CONNECTIONS_PER_ADDRESS_MAX))
                    .withHandshakes(
                        config.get(Settings.LIMITS_HANDSHAKES_PER_SECOND),
                        config.get(Settings.LIMITS_HELLOS_PER_SECOND))
                    .withRates(
                        config.get(Settings.LIMITS_MESSAGES_PER_SECOND),
                        config.get(Settings.LIMITS_BYTES_PER_SECOND))
                    .withPendingStreams(
                        config.get(Settings.LIMITS_PENDING_STREAMS_MAX),
                        config.get(Settings.LIMITS_STREAM_HANDSHAKE_TIMEOUT_MILLIS)))
            .withSockets(
                TransportConfig.Sockets.DEFAULTS.withSocketBufferBytes(
                    config.get(Settings.UDP_SOCKET_BUFFER_BYTES)));
    int queuesMebibytes = config.get(Settings.LIMITS_SEND_QUEUES_MAX_MEBIBYTES);
    if (queuesMebibytes > 0) {
      long maxBytes = (long) queuesMebibytes << 20;
      transport = transport.withLimits(transport.limits().withSendQueues(maxBytes));
    }
    int shards = config.get(Settings.SERVER_SHARDS_COUNT);
    if (shards > 0) {
      transport = transport.withShards(shards);
    }
    String certificate = config.get(Settings.STREAM_TLS_CERTIFICATE_FILE);
    return certificate.isEmpty()
        ? transport
        : transport.withTls(
            new TransportConfig.Tls(
                config.relative(certificate),
                config.relative(config.get(Settings.STREAM_TLS_KEY_FILE))));
  }
}
