/**
 * {@code skein bench rudp}: Skein's datagram session beside KCP, QUIC and TCP, all over the very
 * same lossy wire.
 *
 * <p>Two network namespaces stand for two machines. Each has one TUN device, and this process is
 * the wire between them: it takes IP packets out of one and puts them into the other half a round
 * trip later, or loses them. So a kernel's TCP and a library's UDP meet exactly the same fate, and
 * what is counted is what a network would carry, IP headers included.
 */
@NullMarked
package dev.skein.bench.rudp;

import org.jspecify.annotations.NullMarked;
