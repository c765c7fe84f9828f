package dev.skein.mesh.engine;

/** A node could not join its cluster; the text says why and what to do. */
public final class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EngineException(String text) {
    super(text);
  }

  public EngineException(String text, Throwable cause) {
    super(text, cause);
  }
}
