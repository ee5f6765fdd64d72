/** What the dialogs need of a therapist's own page: nobody else's sessions are theirs. */

import { Desk } from "../desk.js";

export class OwnDesk extends Desk {
  /** @override */
  get isFrontDesk() {
    return false;
  }

  /** A session of one's own stays with oneself; the front desk gives it to others.
   *  @override @param {{id: string, display_name: string}} [present] @returns {[string, string][]} */
  therapistChoices(present) {
    return present ? [[present.id, present.display_name]] : [];
  }
}
