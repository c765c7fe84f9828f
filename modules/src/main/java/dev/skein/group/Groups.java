package dev.skein.group;

import dev.skein.group.GroupNode.Target;
import dev.skein.module.Answers;
import dev.skein.module.Hooks;
import dev.skein.module.Malformed;
import dev.skein.protocol.group.GroupCode;
import dev.skein.protocol.group.GroupRequest.Terms;
import dev.skein.server.CommandException;
import dev.skein.server.Module;
import dev.skein.server.ModuleContext;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The Group module: {@code Server.builder().with(Groups.module())}. Options, hooks and static
 * groups are given before the server starts, the same on every node; after that any thread may
 * call, on any node. Settings in the configuration's {@code modules.group} win over those given in
 * code.
 */
public final class Groups implements Module {
  /** How often a random join that found its group gone tries again. */
  private static final int RANDOM_JOIN_ATTEMPTS = 8;

  /** A group that somebody is just making may take so many attempts to appear. */
  private static final int PATIENT_ATTEMPTS = 4;

  private static final long ATTEMPT_PAUSE_MILLIS = 50;

  private final List<GroupHooks> hooks = new ArrayList<>();
  private final Map<String, GroupOptions> optionsByType = new HashMap<>();
  private final Map<String, List<GroupHooks>> hooksByType = new HashMap<>();
  private final Map<String, Charter> statics = new HashMap<>();
  private final Map<String, Hooks<GroupHooks>> chains = new ConcurrentHashMap<>();
  private GroupSettings settings = GroupSettings.DEFAULT;
  private @Nullable GroupNode node;
  private @Nullable GroupIds ids;

  private Groups() {}

  /** A module with the production settings. */
  public static Groups module() {
    return new Groups();
  }

  /**
   * What holds for all groups.
   *
   * @throws IllegalStateException after the server was built
   */
  public Groups settings(GroupSettings wanted) {
    checkNotInstalled();
    settings = wanted;
    return this;
  }

  /**
   * Hooks of every group; they run before those of its type.
   *
   * @throws IllegalStateException after the server was built
   */
  public Groups hooks(GroupHooks more) {
    checkNotInstalled();
    hooks.add(more);
    return this;
  }

  /**
   * What groups of a type are made with when a client makes them, and their hooks.
   *
   * @throws IllegalStateException after the server was built
   */
  public Groups type(GroupOptions options, GroupHooks... more) {
    checkNotInstalled();
    optionsByType.put(options.type(), options);
    hooksByType.put(options.type(), List.of(more));
    return this;
  }

  /**
   * A group that is there by its name, on every node that says so; it never closes for being empty.
   *
   * @param name 1 to 64 bytes
   * @throws IllegalArgumentException if the name is taken or too long
   * @throws IllegalStateException after the server was built
   */
  public Groups staticGroup(String name, GroupOptions options) {
    checkNotInstalled();
    Charter charter = Charter.ofStatic(name, options);
    int bytes = name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > dev.skein.protocol.group.GroupWire.ID_MAX_BYTES) {
      throw new IllegalArgumentException("static group '" + name + "' is not 1 to 64 bytes");
    }
    for (Charter other : statics.values()) {
      if (other.number() == charter.number()) {
        throw new IllegalArgumentException("static group '" + name + "' is there already");
      }
    }
    statics.put(name, charter);
    return this;
  }

  @Override
  public String name() {
    return "group";
  }

  @Override
  public void install(ModuleContext context) {
    checkNotInstalled();
    settings = settings.overriddenBy(context.settings());
    ids = new GroupIds(context.random());
    GroupNode installed = new GroupNode(context, settings, this::chain);
    node = installed;
    context.onUserDiscard((user, reason) -> installed.entrance().discarded(user));
    context.onUserMove(installed.entrance());
    new GroupCommands(this).register(context, settings.exposeCommands());
  }

  // Any thread, after start

  /**
   * Makes a group without members; it stays for {@code emptyTtlMillis} until somebody comes. Fails
   * with a {@link CommandException} if the node takes no new groups.
   */
  public CompletionStage<Group> create(GroupOptions options) {
    return make(Charter.made(newNumber(), options));
  }

  /** Makes a group and lets the user in. */
  public CompletionStage<Group> create(GroupOptions options, User maker, byte[] message) {
    return makeAndJoin(Charter.made(newNumber(), options), maker, message);
  }

  /** The group with this id, if it is there. */
  public CompletionStage<Optional<Group>> find(String groupId) {
    Optional<Target> target = target(groupId);
    if (target.isEmpty()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return node()
        .find(target.get())
        .thenApply(Optional::of)
        .exceptionallyCompose(failure ->
            hasCode(failure, GroupCode.NOT_FOUND)
                ? CompletableFuture.completedFuture(Optional.empty())
                : CompletableFuture.failedFuture(failure));
  }

  /** The groups a user of this node is in. */
  public List<Group> of(User user) {
    return node().entrance().of(user).stream().map(node()::face).toList();
  }

  /** Lets a user of this node into a group; the others get the message, if it is not empty. */
  public CompletionStage<Group> join(String groupId, User user, byte[] message) {
    return joined(groupId, user, message);
  }

  /** Lets a user into a random registered group of the type. */
  public CompletionStage<Group> joinRandom(String type, User user, byte[] message) {
    return random(type, Optional.empty(), user, message).thenApply(Entry::group);
  }

  /** The same; if there is none, makes a registered group with these options. */
  public CompletionStage<Group> joinOrCreate(GroupOptions options, User user, byte[] message) {
    GroupOptions registered = options.toBuilder().registered(true).build();
    return random(options.type(), Optional.of(registered), user, message).thenApply(Entry::group);
  }

  /** Lets a user of this node out of every group it is in. */
  public CompletionStage<Void> leaveAll(User user, byte[] message) {
    List<CompletableFuture<Void>> leaving = new ArrayList<>();
    for (Group group : of(user)) {
      leaving.add(group.leave(user, message).toCompletableFuture());
    }
    return CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new));
  }

  // For the commands

  /** Where a random join ended. */
  record Entry(Group group, boolean created) {}

  GroupSettings settings() {
    return settings;
  }

  GroupNode node() {
    if (node == null) {
      throw new IllegalStateException("the module is not part of a started server");
    }
    return node;
  }

  /** A client's wishes for a group, on top of what the server has for the type. */
  GroupOptions optionsFor(Terms wanted) {
    GroupOptions base = optionsByType.getOrDefault(wanted.type(), settings.defaults());
    GroupOptions.Builder options = base.toBuilder().type(wanted.type());
    if (wanted.register()) {
      options.registered(true);
    }
    if (wanted.allowEmpty()) {
      options.allowEmpty(true);
    }
    if (wanted.emptyTtlMillis() > 0) {
      options.emptyTtlMillis(Math.min(wanted.emptyTtlMillis(), settings.clientTtlMaxMillis()));
    }
    try {
      return options.build();
    } catch (IllegalArgumentException outOfRange) {
      throw Malformed.field(String.valueOf(outOfRange.getMessage()));
    }
  }

  /** What the hooks make of a client's wishes. */
  GroupOptions agreed(User maker, GroupOptions wanted) {
    return chain(wanted.type())
        .rewrite(wanted, (hook, options) -> hook.beforeCreate(maker, options));
  }

  CompletableFuture<Group> make(Charter charter) {
    if (!node().context().acceptsNewThings()) {
      return CompletableFuture.failedFuture(Refusal.noNewGroups("the node takes no new groups"));
    }
    return node()
        .find(new Target(charter.number(), Optional.of(charter), true))
        .thenApply(this::created);
  }

  CompletableFuture<Group> makeAndJoin(Charter charter, User maker, byte[] message) {
    if (!node().context().acceptsNewThings()) {
      return CompletableFuture.failedFuture(Refusal.noNewGroups("the node takes no new groups"));
    }
    Target target = new Target(charter.number(), Optional.of(charter), true);
    return node().entrance().join(target, maker, message).thenApply(this::created);
  }

  private Group created(Group group) {
    chain(group.type()).each(hook -> hook.created(group));
    return group;
  }

  CompletableFuture<Group> joined(String groupId, User user, byte[] message) {
    return target(groupId)
        .map(target -> node().entrance().join(target, user, message))
        .orElseGet(() -> CompletableFuture.failedFuture(Refusal.notFound()));
  }

  CompletableFuture<Entry> random(
      String type, Optional<GroupOptions> toMake, User user, byte[] message) {
    CompletableFuture<Entry> joined = new CompletableFuture<>();
    new RandomJoin(type, toMake, user, message, joined).attempt(1, "");
    return joined;
  }

  /** One random join and its attempts. */
  private final class RandomJoin {
    private final String type;
    private final Optional<GroupOptions> toMake;
    private final User user;
    private final byte[] message;
    private final CompletableFuture<Entry> joined;

    RandomJoin(
        String type,
        Optional<GroupOptions> toMake,
        User user,
        byte[] message,
        CompletableFuture<Entry> joined) {
      this.type = type;
      this.toMake = toMake;
      this.user = user;
      this.message = message;
      this.joined = joined;
    }

    /** The home of the type picks, so that all who come at the same moment meet. */
    void attempt(int number, String gone) {
      Optional<Charter> candidate =
          toMake
              .filter(options -> node().context().acceptsNewThings())
              .map(options -> Charter.made(newNumber(), options));
      String candidateId = candidate.map(Charter::id).orElse("");
      node()
          .pick(type, candidateId, gone)
          .thenCompose(picked -> {
            if (picked.isEmpty()) {
              return CompletableFuture.failedFuture(Refusal.notFound());
            }
            boolean own = picked.equals(candidateId);
            CompletableFuture<Group> entered =
                own
                    ? makeAndJoin(candidate.orElseThrow(), user, message)
                    : joined(picked, user, message);
            return entered
                .thenApply(group -> new Entry(group, own))
                .whenComplete((entry, failure) -> retry(number, own ? "" : picked, failure));
          })
          .whenComplete((entry, failure) -> {
            if (entry != null) {
              joined.complete(entry);
            } else if (!isGone(failure) || number >= RANDOM_JOIN_ATTEMPTS) {
              joined.completeExceptionally(Answers.cause(failure));
            }
          });
    }

    private void retry(int number, String picked, @Nullable Throwable failure) {
      if (failure != null && isGone(failure) && number < RANDOM_JOIN_ATTEMPTS) {
        String gone = number >= PATIENT_ATTEMPTS ? picked : "";
        user.shard().schedule(() -> attempt(number + 1, gone), ATTEMPT_PAUSE_MILLIS);
      }
    }

    /** The picked group closed meanwhile, or is not there yet. */
    private boolean isGone(@Nullable Throwable failure) {
      return toMake.isPresent()
          && (hasCode(failure, GroupCode.NOT_FOUND) || hasCode(failure, GroupCode.CLOSED));
    }
  }

  private static boolean hasCode(@Nullable Throwable failure, int code) {
    return Answers.cause(failure) instanceof CommandException refused && refused.code() == code;
  }

  /** The group an id means; empty if it can be none. */
  Optional<Target> target(String groupId) {
    Charter known = statics.get(groupId);
    if (known != null) {
      return Optional.of(Target.known(known));
    }
    OptionalLong number = Charter.parse(groupId);
    return number.isPresent()
        ? Optional.of(new Target(number.getAsLong(), Optional.empty(), false))
        : Optional.empty();
  }

  long newNumber() {
    node();
    return java.util.Objects.requireNonNull(ids).next();
  }

  private Hooks<GroupHooks> chain(String type) {
    return chains.computeIfAbsent(
        optionsByType.containsKey(type) ? type : "",
        known -> {
          List<GroupHooks> all = new ArrayList<>(hooks);
          all.addAll(hooksByType.getOrDefault(known, List.of()));
          return new Hooks<>("group", all);
        });
  }

  private void checkNotInstalled() {
    if (node != null) {
      throw new IllegalStateException("the server is already built");
    }
  }
}
