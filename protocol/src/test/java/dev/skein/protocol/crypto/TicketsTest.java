package dev.skein.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TicketsTest {
  private final SplittableRandom random = new SplittableRandom(4);
  private final Tickets tickets = new Tickets(new byte[32]);

  private Tickets.Issued issue(String uid) {
    return tickets.issue(9, uid, 1_000, 30_000, random);
  }

  @Test
  void aTicketOpensToWhatWasIssued() {
    Tickets.Issued issued = issue("Zoë");
    byte[] sealed = issued.sealed();
    Ticket opened = tickets.open(sealed, 0, sealed.length).orElseThrow();
    assertThat(opened.id()).isEqualTo(issued.ticket().id());
    assertThat(opened.sid()).isEqualTo(issued.ticket().sid());
    assertThat(opened.key()).isEqualTo(issued.ticket().key());
    assertThat(opened.uid()).isEqualTo("Zoë");
    assertThat(opened.serverId()).isEqualTo(9);
    assertThat(opened.issuedAtMillis()).isEqualTo(1_000);
    assertThat(opened.expiresAtMillis()).isEqualTo(31_000);
  }

  @Test
  void theLongestUidMakesTheLongestTicket() {
    byte[] sealed = issue("x".repeat(Ticket.UID_MAX_BYTES)).sealed();
    assertThat(sealed).hasSize(Tickets.MAX_BYTES);
    assertThat(tickets.open(sealed, 0, sealed.length)).isPresent();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> issue("x".repeat(Ticket.UID_MAX_BYTES + 1)));
    assertThatIllegalArgumentException().isThrownBy(() -> issue("ü".repeat(65)));
    assertThatIllegalArgumentException().isThrownBy(() -> issue(""));
  }

  @Test
  void aChangedCutOrForeignTicketDoesNotOpen() {
    byte[] sealed = issue("alice").sealed();
    for (int at = 0; at < sealed.length; at++) {
      byte[] changed = sealed.clone();
      changed[at] ^= 1;
      assertThat(tickets.open(changed, 0, changed.length)).isEmpty();
    }
    for (int length = 0; length < sealed.length; length++) {
      assertThat(tickets.open(sealed, 0, length)).isEmpty();
    }
    assertThat(new Tickets(new byte[31]).open(sealed, 0, sealed.length)).isEmpty();
  }

  @Test
  void noTwoTicketsShareAnIdAKeyOrANonce() {
    Tickets.Issued one = issue("alice");
    Tickets.Issued other = issue("alice");
    assertThat(one.ticket().id()).isNotEqualTo(other.ticket().id());
    assertThat(one.ticket().key()).isNotEqualTo(other.ticket().key());
    assertThat(one.ticket().sid()).isNotEqualTo(other.ticket().sid());
    assertThat(one.sealed()).isNotEqualTo(other.sealed());
  }

  @Test
  void aTicketDoesNotPrintItsKey() {
    Tickets.Issued issued = issue("alice");
    String key = HexFormat.of().formatHex(issued.ticket().key());
    assertThat(issued.toString()).contains("alice").doesNotContain(key);
  }

  @Test
  void aShortMasterKeyIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Tickets(new byte[15]));
  }
}
