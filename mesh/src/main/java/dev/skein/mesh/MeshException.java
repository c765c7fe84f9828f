package dev.skein.mesh;

/** Why a request or RPC has no answer. Data of a wrong type is an IllegalArgumentException. */
public abstract sealed class MeshException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private MeshException(String text) {
    super(text, null, false, false);
  }

  /** The other node's handler threw; the message is the handler's. */
  public static final class HandlerFailed extends MeshException {
    private static final long serialVersionUID = 1L;

    public HandlerFailed(String text) {
      super(text);
    }
  }

  /** No such node, no handler there, no answer in time, or the node died on the way. */
  public static final class NetworkFailed extends MeshException {
    private static final long serialVersionUID = 1L;

    public NetworkFailed(String text) {
      super(text);
    }
  }
}
