/** Running an embedded cluster for other programs, with disturbances on demand. */
@NullMarked
package io.tikvdirect.cli.embedded;

import org.jspecify.annotations.NullMarked;
