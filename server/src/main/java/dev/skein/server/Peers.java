package dev.skein.server;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.Topic;
import dev.skein.server.cluster.NodeQuestion;
import dev.skein.server.cluster.NodeQuestion.Flag;
import dev.skein.server.cluster.UserEntry;
import java.util.concurrent.CompletionStage;

/** The other nodes, as this one asks them. Any thread may call, nothing blocks. */
record Peers(Mesh mesh, Topic topic) {

  /** Asks a node, which may be this one; see {@link Topic#ask}. */
  CompletionStage<byte[]> ask(String node, NodeQuestion question) {
    return topic.ask(node, question.encode());
  }

  /** Asks what is answered with yes or no. */
  CompletionStage<Boolean> askWhether(String node, NodeQuestion question) {
    return ask(node, question).thenApply(answer -> Flag.decode(answer).yes());
  }

  /** True if the node that has this user is in sight, the same process as then. */
  boolean isInSight(UserEntry entry) {
    return mesh.node(entry.node()).filter(node -> node.id() == entry.nodeId()).isPresent();
  }
}
