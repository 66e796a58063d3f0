-- A broken limit is Healthy: it tells of the model, not of what Git says of it, and the plan that answers to it must not be held
-- up behind a wave. Degraded: only an edit gets it further. Progressing: something it names is not there yet.
-- kstatus: Ready, observedGeneration.
local hs = { status = "Progressing", message = "Waiting for the operator to read this model" }
if obj.status == nil or obj.status.conditions == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return hs
end

local found = {}
for _, condition in ipairs(obj.status.conditions) do
  found[condition.type] = condition
end

local ready = found.Ready
if ready == nil then
  return hs
end
if ready.status ~= "True" then
  -- Objects of one release arrive in any order.
  if ready.reason ~= "PolicyMissing" and ready.reason ~= "SignalMissing" then
    hs.status = "Degraded"
  end
  hs.message = ready.reason .. ": " .. ready.message
  return hs
end

hs.status = "Healthy"
if obj.spec.suspend ~= nil and obj.spec.suspend ~= "None" then
  hs.status = "Suspended"
  hs.message = "spec.suspend is " .. obj.spec.suspend .. ": nothing is judged"
elseif found.Breached ~= nil and found.Breached.status == "True" then
  hs.message = "Breached: " .. found.Breached.message
elseif found.Assessed ~= nil and found.Assessed.status ~= "True" then
  hs.message = "Not assessed (" .. found.Assessed.reason .. "): " .. found.Assessed.message
else
  hs.message = "Within its limits"
end
return hs
