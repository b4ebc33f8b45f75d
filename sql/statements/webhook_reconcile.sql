-- What `reconcile` proves of webhooks. tenant: all of these run over every account on purpose.

-- name: breach_delivery_waits_or_is_dead_as_it_says
select count(*)
from webhook_deliveries d
full join webhook_queue q on q.account_id = d.account_id and q.delivery_id = d.delivery_id
left join webhook_dead x on x.account_id = d.account_id and x.delivery_id = d.delivery_id
where d.delivery_id is null
   or (d.state = {delivery.pending}) <> (q.delivery_id is not null)
   or (d.state = {delivery.dead}) <> (x.delivery_id is not null);

-- name: breach_final_message_was_told
-- Of messages that ended after the endpoint was last configured. The seconds are those of a batch
-- that had looked for endpoints before and committed after.
select count(*)
from webhook_endpoints e
join messages m on m.account_id = e.account_id
left join webhook_deliveries d on d.account_id = m.account_id and d.message_id = m.message_id
                              and d.endpoint_id = e.endpoint_id
                              and d.event = case m.status when 5 then 'message.delivered'
                                                          else 'message.failed' end
where e.kind = 1 and e.url is not null and e.is_active and e.disabled_at is null
  and m.status in ({message.delivered}, {message.failed}) and e.events & (1 << m.status) <> 0
  and case m.status when 5 then m.delivered_at else m.failed_at end
      > greatest(e.configured_at + interval '5 seconds', kept_since('webhook_deliveries'))
  and d.delivery_id is null;
