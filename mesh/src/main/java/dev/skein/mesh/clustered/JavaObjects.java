package dev.skein.mesh.clustered;

import java.io.ObjectInputFilter;
import java.io.ObjectInputFilter.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps JGroups from making Java objects of what other nodes send. It would for any message that
 * claims to hold one; neither Infinispan nor Skein sends such messages. The process's filter is the
 * only one JGroups can be given, so it looks who reads and says nothing to others' streams.
 */
final class JavaObjects {
  private static final Logger LOG = LoggerFactory.getLogger(JavaObjects.class);
  private static final String READERS = "org.jgroups.";

  private JavaObjects() {}

  /** Once for the process; where a filter is set already, that one decides. */
  static synchronized void refuseFromNodes() {
    if (ObjectInputFilter.Config.getSerialFilter() == null) {
      try {
        ObjectInputFilter.Config.setSerialFilter(JavaObjects::status);
      } catch (IllegalStateException e) {
        LOG.warn("Java objects from other nodes are not refused: no filter can be set", e);
      }
    }
  }

  private static Status status(ObjectInputFilter.FilterInfo read) {
    boolean byJGroups =
        StackWalker.getInstance()
            .walk(frames ->
                frames
                    .map(StackWalker.StackFrame::getClassName)
                    .dropWhile(name ->
                        name.startsWith("java.") || name.equals(JavaObjects.class.getName()))
                    .findFirst()
                    .filter(name -> name.startsWith(READERS))
                    .isPresent());
    return byJGroups ? Status.REJECTED : Status.UNDECIDED;
  }
}
