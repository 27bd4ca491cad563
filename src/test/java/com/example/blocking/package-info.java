/** A user's handler that does what none may, as a plug-in. */
@NullMarked
package com.example.blocking;

import org.jspecify.annotations.NullMarked;
