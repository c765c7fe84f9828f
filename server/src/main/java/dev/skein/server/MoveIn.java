package dev.skein.server;

import dev.skein.mesh.Mesh;
import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.protocol.session.MoveOrder;
import dev.skein.protocol.session.SessionState;
import dev.skein.protocol.session.SessionStateCodec;
import dev.skein.server.MoveMessage.Address;
import dev.skein.server.transport.ConnectionEvents.Identity;
import dev.skein.server.transport.ExpectedConnection;
import dev.skein.server.transport.LiveConnection;
import dev.skein.server.transport.Transport;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.slf4j.LoggerFactory;

/**
 * Takes in the users other nodes offer: from the answer on they live here, detached, until their
 * clients arrive. Offers come on any thread; each is settled on the shard the user will live on.
 */
final class MoveIn {
  /** How long a client's ticket is good for. */
  private static final int TICKET_TTL_MILLIS = 30_000;

  private final Moves moves;
  private final Mesh mesh;
  private final Transport transport;
  private final Users users;
  private final Tickets tickets;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final RateLimitedLog log;
  private final Metrics.Counter came;
  private final Metrics.Counter refused;

  MoveIn(
      Moves moves,
      Mesh mesh,
      Transport transport,
      Users users,
      Tickets tickets,
      Metrics metrics,
      InstantSource clock,
      RandomGenerator random) {
    this.moves = moves;
    this.mesh = mesh;
    this.transport = transport;
    this.users = users;
    this.tickets = tickets;
    this.clock = clock;
    this.random = random;
    this.log = new RateLimitedLog(LoggerFactory.getLogger("dev.skein.server.moves"), clock);
    this.came = metrics.counter("skein.moves.in", "Users who arrived from another node");
    this.refused = metrics.counter("skein.moves.refused", "Users of other nodes not taken in");
  }

  /** An offer cannot be taken; the text is for both nodes' logs. */
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    Refusal(String text) {
      super(text, null, false, false);
    }
  }

  /** Everything of an offer, checked. */
  private record Guest(
      MoveOffer offer, SessionState session, Map<String, Object> values, String endpoint) {}

  CompletionStage<byte[]> onOffer(String sender, byte[] bytes) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    try {
      Guest guest = check(bytes);
      Shard shard = shardOf(Moves.sidText(guest.offer.sid()));
      shard.execute(() -> {
        try {
          answer.complete(takeIn(guest, sender, shard));
        } catch (Refusal e) {
          answer.complete(refuse(sender, e));
        } catch (RuntimeException e) {
          answer.complete(refuse(sender, new Refusal("it failed: " + e)));
        }
      });
    } catch (Refusal e) {
      answer.complete(refuse(sender, e));
    }
    return answer;
  }

  private byte[] refuse(String sender, Refusal refusal) {
    refused.increment();
    String text = String.valueOf(refusal.getMessage());
    log.warn("A user of node %s is not taken in: %s".formatted(sender, text));
    return Moves.refusalBytes(text);
  }

  /** The same shard for everything about a session. */
  private Shard shardOf(String sid) {
    List<Shard> shards = transport.shards();
    return shards.get(Math.floorMod(sid.hashCode(), shards.size()));
  }

  private Guest check(byte[] bytes) throws Refusal {
    int commandsMax = users.limits().commandQueueMaxCount();
    MoveOffer offer =
        MoveOffer.decode(bytes, commandsMax).orElseThrow(() -> new Refusal("malformed offer"));
    if (!offer.terms().fitInto(moves.terms())) {
      throw new Refusal("its session's limits are above this node's: " + offer.terms());
    }
    SessionState session =
        SessionStateCodec.decode(offer.session(), moves.session())
            .orElseThrow(() -> new Refusal("malformed session"));
    Map<String, Object> values =
        moves
            .data()
            .decode(offer.data(), users.limits().userDataMaxKeys())
            .orElseThrow(() -> new Refusal("user data this node does not know"));
    Map<String, Traveller> travellers = moves.travellersByModule();
    for (MoveOffer.Parcel each : offer.parcels()) {
      if (!travellers.containsKey(each.module())) {
        throw new Refusal("it has something of module " + each.module() + ", not on this node");
      }
    }
    String endpoint = mesh.self().endpoints().get(offer.role().name());
    if (endpoint == null) {
      throw new Refusal("this node has no " + offer.role());
    }
    return new Guest(offer, session, values, endpoint);
  }

  private byte[] takeIn(Guest guest, String sender, Shard shard) throws Refusal {
    MoveOffer offer = guest.offer;
    Tickets.Issued issued =
        tickets.issueMove(
            mesh.self().id(), offer.uid(), offer.sid(), clock.millis(), TICKET_TTL_MILLIS, random);
    Ticket ticket = issued.ticket();
    ExpectedConnection expected =
        transport
            .expect(shard, ticket, offer.role(), guest.session, offer.rttNanos())
            .orElseThrow(() -> new Refusal("the node is full, or expects this session already"));
    ConnectedUser user =
        new ConnectedUser(
            users,
            expected,
            new Identity(offer.uid(), ticket.sidText()),
            offer.life(),
            guest.values,
            offer.commands());
    expected.watch(user, connection -> arrived(user, connection, sender));
    if (!users.expect(user)) {
      expected.cancel();
      throw new Refusal("the node takes no users, or not this one: it is connected here");
    }
    unpack(user, expected, offer.parcels());
    return order(guest, issued);
  }

  private void unpack(ConnectedUser user, ExpectedConnection expected, List<MoveOffer.Parcel> all)
      throws Refusal {
    Map<String, Traveller> travellers = moves.travellersByModule();
    List<Traveller> unpacked = new ArrayList<>();
    for (MoveOffer.Parcel each : all) {
      Traveller traveller = travellers.get(each.module());
      try {
        if (traveller != null) {
          traveller.unpack(user, each.packed());
          unpacked.add(traveller);
        }
      } catch (RuntimeException e) {
        unpacked.forEach(done -> moves.guarded(() -> done.pack(user)));
        forget(user, expected);
        throw new Refusal("module " + each.module() + " could not take it in: " + e);
      }
    }
  }

  private void forget(ConnectedUser user, ExpectedConnection expected) {
    expected.cancel();
    user.departed();
  }

  private static byte[] order(Guest guest, Tickets.Issued issued) {
    int colon = guest.endpoint.lastIndexOf(':');
    String host = guest.endpoint.substring(0, colon);
    boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
    byte[] body =
        new MoveOrder(
                MoveOrder.Carrier.valueOf(guest.offer.role().name()),
                everywhere ? "" : host,
                Integer.parseInt(guest.endpoint.substring(colon + 1)),
                issued.sealed(),
                issued.ticket().key())
            .toBytes();
    byte[] answer = new byte[1 + body.length];
    answer[0] = Moves.TAKEN_IN;
    System.arraycopy(body, 0, answer, 1, body.length);
    return answer;
  }

  private void arrived(ConnectedUser user, LiveConnection connection, String sender) {
    came.increment();
    user.goOn(connection);
    moves.tell(sender, new MoveMessage.Arrived(new Address(user.uid(), user.sid(), user.life())));
    // The transport has not finished with the connection; commands wait until it has.
    user.shard().schedule(user::catchUp, 0);
  }

  /** The other node did not hear that the user was taken in, and has kept it. */
  void withdraw(Address withdrawn) {
    shardOf(withdrawn.sid())
        .execute(() -> {
          Optional<User> found = users.find(withdrawn.uid());
          if (found.orElse(null) instanceof ConnectedUser user
              && user.isLife(withdrawn.sid(), withdrawn.life())
              && user.connection() instanceof ExpectedConnection expected
              && expected.isOpen()) {
            moves.travellers().forEach(each -> moves.guarded(() -> each.traveller().pack(user)));
            forget(user, expected);
          }
        });
  }
}
