/** Groups from the client's side: {@link Groups} joins them; a {@link Group} speaks and hears. */
@NullMarked
package dev.skein.client.group;

import org.jspecify.annotations.NullMarked;
