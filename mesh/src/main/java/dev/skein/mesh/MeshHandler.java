package dev.skein.mesh;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers mesh commands. Runs on a virtual thread and may block. */
public final class MeshHandler {
  private MeshHandler() {}

  /** Handles {@link Mesh#send} and {@link Mesh#request}. */
  @FunctionalInterface
  public interface Request {
    /**
     * @param sender the mesh address of the node that asked
     * @param data booleans, boxed integers and floats, texts, byte arrays, lists and maps of these
     * @return the answer of the same kinds; null for an empty one
     * @throws Exception whose message reaches the caller as {@link MeshException.HandlerFailed}
     */
    @Nullable Map<String, Object> handle(String sender, Map<String, Object> data) throws Exception;
  }

  /** Handles {@link Mesh#rpc}. */
  @FunctionalInterface
  public interface Rpc {
    /** As for requests, with bytes. */
    byte[] handle(String sender, byte[] data) throws Exception;
  }
}
