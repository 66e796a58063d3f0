-- "/DryRun": nothing is touched, even where the drills of the plan's own schedule are live.
local os = require("os")
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["modelrisk.dev/drill-requested-at"] = os.date("!%Y-%m-%dT%XZ") .. "/DryRun"
return obj
