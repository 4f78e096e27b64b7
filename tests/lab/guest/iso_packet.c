/* The laboratory: one isochronous packet, whether or not the gadget is ready for it. True: the urb is over.
 * Called by dummy_timer once per microframe and urb; the caller owns the lock.
 */
static bool transfer_packet(struct dummy_hcd *dum_hcd, struct urbp *urbp, struct dummy_ep *ep)
{
	struct urb *urb = urbp->urb;
	struct usb_iso_packet_descriptor *packet;
	struct dummy_request *req;
	int interval = max(urb->interval, 1) * (dum_hcd->dum->gadget.speed == USB_SPEED_FULL ? 8 : 1);

	if (ep->iso_tick == dum_hcd->tick || dum_hcd->tick % interval)
		return false;
	ep->iso_tick = dum_hcd->tick;
	if (urbp->iso_packets < urb->number_of_packets) {
		packet = &urb->iso_frame_desc[urbp->iso_packets++];
		packet->actual_length = 0;
		packet->status = 0;
		req = list_first_entry_or_null(&ep->queue, struct dummy_request, queue);
		if (req) {
			void *host = urb->transfer_buffer + packet->offset;
			unsigned int len = min(packet->length, req->req.length);

			if (usb_urb_dir_in(urb))
				memcpy(host, req->req.buf, len);
			else
				memcpy(req->req.buf, host, len);
			packet->actual_length = len;
			urb->actual_length += len;
			req->req.actual = len;
			req->req.status = 0;
			list_del_init(&req->queue);
			dummy_giveback(dum_hcd->dum, &ep->ep, req);
		}
	}
	return urbp->iso_packets >= urb->number_of_packets;
}

