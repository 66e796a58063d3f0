-- Healthy: it counts, or has done what it was for. Degraded: it is void, and its author believes otherwise.
local hs = { status = "Progressing", message = "Waiting for the operator to judge this decision" }
if obj.status == nil or obj.status.conditions == nil then
  return hs
end

local over = { Expired = true, EngagementOver = true }
for _, condition in ipairs(obj.status.conditions) do
  if condition.type == "Valid" then
    if condition.status == "True" or over[condition.reason] then
      hs.status = "Healthy"
    else
      hs.status = "Degraded"
    end
    hs.message = condition.reason .. ": " .. condition.message
  end
end
return hs
