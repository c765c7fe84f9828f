/** Direct messages from the client's side: {@link DirectMessages}. */
@NullMarked
package dev.skein.client.dm;

import org.jspecify.annotations.NullMarked;
