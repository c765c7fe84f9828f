/** Payloads of groups: what clients ask, what they are answered and told (PROTOCOL §10.2.2). */
@NullMarked
package dev.skein.protocol.group;

import org.jspecify.annotations.NullMarked;
