package dev.skein.cli.bot;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Simulated players against a node that runs. */
@Command(
    name = "bot",
    description = "Lets simulated players speak and counts what arrives.",
    mixinStandardHelpOptions = true,
    subcommands = {
      BotCommand.Echo.class,
      BotCommand.Room.class,
      BotCommand.Group.class,
      BotCommand.Dm.class,
      BotCommand.Session.class,
      BotCommand.Dive.class
    })
public final class BotCommand {
  BotCommand() {}

  /** Every bot speaks to the server, which answers with the same. */
  @Command(
      name = "echo",
      description = "Every bot speaks to the server and hears its own echo.",
      mixinStandardHelpOptions = true)
  static final class Echo implements Callable<Integer> {
    @Mixin private BotOptions options = new BotOptions();

    @Override
    public Integer call() throws Exception {
      return BotRun.of(options.plan(BotPlan.Scene.ECHO), options.hostility()).run(options.json());
    }
  }

  /** Every bot speaks to the others in its room. */
  @Command(
      name = "room",
      description = "The bots share rooms and speak to the others in theirs.",
      mixinStandardHelpOptions = true)
  static final class Room implements Callable<Integer> {
    @Mixin private BotOptions options = new BotOptions();

    @Override
    public Integer call() throws Exception {
      return BotRun.of(options.plan(BotPlan.Scene.ROOM), options.hostility()).run(options.json());
    }
  }

  /** Every bot speaks to everyone in its session. */
  @Command(
      name = "session",
      description = "The bots share sessions of --room-size and speak to everyone in theirs.",
      mixinStandardHelpOptions = true)
  static final class Session implements Callable<Integer> {
    @Mixin private BotOptions options = new BotOptions();

    @Override
    public Integer call() throws Exception {
      return BotRun.of(options.plan(BotPlan.Scene.SESSION), options.hostility())
          .run(options.json());
    }
  }

  /** Every bot writes to a storage and reads what it wrote. */
  @Command(
      name = "dive",
      description = "Every bot writes to the storage 'bots' and reads what it wrote.",
      mixinStandardHelpOptions = true)
  static final class Dive implements Callable<Integer> {
    @Mixin private BotOptions options = new BotOptions();

    @Override
    public Integer call() throws Exception {
      return BotRun.of(options.plan(BotPlan.Scene.DIVE), options.hostility()).run(options.json());
    }
  }

  /** Every bot speaks to everyone in its group. */
  @Command(
      name = "group",
      description = "The bots share groups and speak to everyone in theirs.",
      mixinStandardHelpOptions = true)
  static final class Group implements Callable<Integer> {
    @Mixin private BotOptions options = new BotOptions();

    @Override
    public Integer call() throws Exception {
      return BotRun.of(options.plan(BotPlan.Scene.GROUP), options.hostility()).run(options.json());
    }
  }

  /** Every bot speaks to one other. */
  @Command(
      name = "dm",
      description = "The bots speak two by two, by direct messages.",
      mixinStandardHelpOptions = true)
  static final class Dm implements Callable<Integer> {
    @Mixin private BotOptions options = new BotOptions();

    @Override
    public Integer call() throws Exception {
      return BotRun.of(options.plan(BotPlan.Scene.DM), options.hostility()).run(options.json());
    }
  }
}
