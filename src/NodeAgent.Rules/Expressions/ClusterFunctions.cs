// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;
using NodeAgent.Events.Net;

namespace NodeAgent.Rules.Expressions;

/// <summary>What the cluster knows: <c>k8s.</c></summary>
internal static class ClusterFunctions
{
    public static void Declare(CelEnvironmentBuilder to, EventScope scope)
    {
        CelType[] container = [CelType.String, CelType.String, CelType.String];
        to.Function("k8s.is_api_server_address", CelType.Bool, [CelType.String], (_, a) =>
            CelValue.Of(NetworkFunctions.TryParse(scope, a[0].Text, out NetAddress address) && scope.IsApiServer(address)));
        to.Function("k8s.get_container_mount_paths", CelType.List(CelType.String), container, (_, a) =>
            CelValue.Of(IsOwn(scope, a) ? scope.Identity.VolumePaths : CelList.Empty));
        to.Function("k8s.get_container_by_name", CelType.Object(ContainerObject.Type), container, (_, a) =>
            IsOwn(scope, a) ? CelValue.Of(scope.Container) : CelValue.Null);
    }

    private static bool IsOwn(EventScope scope, ReadOnlySpan<CelValue> a) =>
        a[0].Text == scope.Identity.Namespace && a[1].Text == scope.Identity.PodName && a[2].Text == scope.Identity.ContainerName;
}
