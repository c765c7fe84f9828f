package dev.skein.server;

/** What a game does around every command of every user. Runs on the user's shard; never blocks. */
public final class CommandHook {
  private CommandHook() {}

  /** Called in order of registration before a command is handled. */
  @FunctionalInterface
  public interface Before {
    /**
     * @throws CommandException to answer the command without handling it
     */
    void before(User user, Command command);
  }

  /** Called in order of registration after a command was answered. */
  @FunctionalInterface
  public interface After {
    /**
     * @param code 0 for OK, else the error's code
     */
    void after(User user, Command command, Status status, int code);
  }
}
