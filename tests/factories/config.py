from django.contrib.auth.models import Group, User
from factory import Sequence, post_generation
from factory.django import DjangoModelFactory


class UserFactory(DjangoModelFactory[User]):
    """Someone with an account and, if `role` is given, that role."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = Sequence(lambda n: f"user{n}")

    @post_generation
    def role(self, create, role, **kwargs):
        if role is not None:
            self.groups.add(Group.objects.get_or_create(name=role)[0])
