package dev.skein.mesh.clustered;

import org.jgroups.protocols.PerDestinationBundler;

/**
 * Lets every thread that wants to run have its say before it sends, so that messages of a busy node
 * leave together; a node with nothing else to do sends at once. Run by a thread of JGroups.
 */
final class PatientBundler extends PerDestinationBundler {
  @Override
  public void run() {
    try {
      msgs_available.acquire();
    } catch (InterruptedException e) {
      return; // the runner knows whether this is the end
    }
    Thread.yield();
    msgs_available.release();
    super.run();
  }
}
