// The tabs of the two entries of the rail that hold several screens.
import { useEffect } from "preact/hooks";
import { Tabs } from "../ui/basics";
import { askForRingCentral, hasRingCentral } from "./ringcentral";
import { may } from "./session";
import { t } from "./words";

type Tab = [href: string, name: string];
const some = (tabs: (Tab | false | undefined)[]) => tabs.filter(Boolean) as Tab[];

export function DeveloperTabs({ current }: { current: string }) {
  return (
    <Tabs
      current={current}
      of={some([
        ["/events", t("Events")],
        may.value.admin && ["/keys", t("Keys")],
        may.value.webhooks && ["/webhooks", t("Webhooks")],
        ["/verify", t("Verify§noun")],
        ["/errors", t("Errors")],
        ["/docs/", t("Documentation")],
      ])}
    />
  );
}

export function AccountTabs({ current }: { current: string }) {
  useEffect(() => void askForRingCentral(), []);
  return (
    <Tabs
      current={current}
      of={some([
        ["/balance", t("Balance")],
        ["/prices", t("Prices")],
        ["/sender-ids", t("Sender names")],
        may.value.admin && ["/team", t("Team")],
        may.value.admin && ["/audit", t("Audit")],
        may.value.admin && ["/workspace", t("Workspace")],
        ["/notifications", t("Notifications")],
        ["/profile", t("Profile")],
        // Last, because it comes later than the others: nothing moves.
        hasRingCentral.value && ["/ringcentral", t("RingCentral")],
      ])}
    />
  );
}

export function PlatformTabs({ current }: { current: string }) {
  return (
    <Tabs
      current={current}
      of={[
        ["/platform", t("Accounts")],
        ["/platform/senders", t("Approvals")],
        ["/platform/routes", t("Routes")],
        ["/platform/carriers", t("Carriers")],
        ["/platform/prices", t("Prices and rates")],
        ["/platform/numbers", t("Numbers")],
        ["/platform/receipts", t("Receipts")],
        ["/platform/upkeep", t("Upkeep")],
      ]}
    />
  );
}
