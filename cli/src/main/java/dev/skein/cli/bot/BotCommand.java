package dev.skein.cli.bot;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

  /** A run of bots; scenes differ in nothing but what the bots do. */
  @Command(mixinStandardHelpOptions = true)
  abstract static class OfScene implements Callable<Integer> {
    private final BotPlan.Scene scene;
    @Mixin private BotOptions options = new BotOptions();

    OfScene(BotPlan.Scene scene) {
      this.scene = scene;
    }

    BotPlan.Scene scene() {
      return scene;
    }

    @Override
    public Integer call() throws Exception {
      return BotRun.of(options.plan(scene()), options.hostility()).run(options.json());
    }
  }

  /** Every bot speaks to the server, which answers with the same. */
  @Command(name = "echo", description = "Every bot speaks to the server and hears its own echo.")
  static final class Echo extends OfScene {
    Echo() {
      super(BotPlan.Scene.ECHO);
    }
  }

  /** Every bot speaks to the others in its room. */
  @Command(name = "room", description = "The bots share rooms and speak to the others in theirs.")
  static final class Room extends OfScene {
    @Option(
        names = "--check",
        description = {
          "Every message is acknowledged by its room and heard by everyone, its speaker included,",
          "in one order; and nothing a room has acknowledged may be missing in the end."
        })
    private boolean check;

    Room() {
      super(BotPlan.Scene.ROOM);
    }

    @Override
    BotPlan.Scene scene() {
      return check ? BotPlan.Scene.ROOM_CHECK : super.scene();
    }
  }

  /** Every bot speaks to everyone in its session. */
  @Command(
      name = "session",
      description = "The bots share sessions of --room-size and speak to everyone in theirs.")
  static final class Session extends OfScene {
    Session() {
      super(BotPlan.Scene.SESSION);
    }
  }

  /** Every bot writes to a storage and reads what it wrote. */
  @Command(
      name = "dive",
      description = "Every bot writes to the storage 'bots' and reads what it wrote.")
  static final class Dive extends OfScene {
    Dive() {
      super(BotPlan.Scene.DIVE);
    }
  }

  /** Every bot speaks to everyone in its group. */
  @Command(name = "group", description = "The bots share groups and speak to everyone in theirs.")
  static final class Group extends OfScene {
    Group() {
      super(BotPlan.Scene.GROUP);
    }
  }

  /** Every bot speaks to one other. */
  @Command(name = "dm", description = "The bots speak two by two, by direct messages.")
  static final class Dm extends OfScene {
    Dm() {
      super(BotPlan.Scene.DM);
    }
  }
}
